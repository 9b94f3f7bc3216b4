// What the composer's parts hand one another, and what the server answers them.
type Server = import("./server.js").Server;
type Editor = import("./text/editor.js").Editor;
type Recipients = import("./recipients/recipients.js").Recipients;
type Attachments = import("./attachments/attachments.js").Attachments;
type Autosave = import("./autosave.js").Autosave;
type MessageOptions = import("./message_options.js").MessageOptions;

type PageNotices = import("./page_notices.js").PageNotices;
type DockNews = import("./dock_news.js").DockNews;
type Draft = import("./draft.js").Draft;

/** The composer's page, as what leaves it sees it. */
interface ComposerPage {
    form: ComposerForm;
    server: Server;
    notices: PageNotices;
    dock: DockNews;
    autosave: Autosave;
    recipients: Recipients[];
    attachments: Attachments;
    editor: Editor;
    draft: Draft;
    /** Someone was added or taken away. */
    noteRecipients(): void;
}

/** Its fields, by the names the server reads. */
interface ComposerFields extends HTMLFormControlsCollection {
    csrfmiddlewaretoken: HTMLInputElement;
    to: HTMLInputElement;
    cc: HTMLInputElement;
    bcc: HTMLInputElement;
    subject: HTMLInputElement;
    html: HTMLTextAreaElement;
    plain: HTMLInputElement;
    identity: HTMLSelectElement;
    importance: HTMLSelectElement;
    wants_receipt: HTMLInputElement;
    wants_report: HTMLInputElement;
    signed_with: RadioNodeList;
}

interface ComposerForm extends HTMLFormElement {
    readonly elements: ComposerFields;
    readonly dataset: DOMStringMap & {
        key: string;
        revision: string;
        attempt: string;
        undo: string;
        limit: string;
        csrfCookie: string;
        author: string;
        held: string;
        due: string;
    };
}

/** One of the people written to; what the directory says of them comes later. */
interface Correspondent {
    name: string;
    address: string;
    detail: string;
    kind?: "inside" | "outside" | "unknown";
    /** Away, in words. */
    absent?: string;
    isHomonym?: boolean;
    distribution_list?: { count: number; words: string };
}

/** What the directory knows of an address. */
type KnownAddress = Correspondent & { homonyms?: number };

/** Whom the letters typed may mean; a group gives its members. */
interface Suggestion {
    name: string;
    address: string;
    detail: string;
    members?: { name: string; address: string; detail?: string }[];
}

/** What is written, as it is kept and sent. */
type DraftFields = Record<string, string>;

/** How a message leaves: at once, or at a time; `sure`: questions answered already. */
interface SendOptions {
    later: string;
    now: boolean;
    sure: Set<string>;
}

/** Where a sending is, as the server says it. */
interface SendingState {
    state: string;
    held_ms: number;
    is_held_back?: boolean;
    due?: string;
    attempt?: number;
    revision?: number;
    reason?: string;
}

/** A file that goes with the message. */
interface Enclosure {
    id: string;
    name: string;
    size: number;
    received?: number;
    is_picture?: boolean;
}

/** A file left with us, which the message carries as a link. */
interface FileLink extends Enclosure {
    /** Last day, as French writes it. */
    until: string;
    /** A password protects it. */
    locked: boolean;
    infected?: boolean;
}

/** A file in the list of attachments. */
interface AttachedFile extends Enclosure {
    row: HTMLLIElement;
    link?: FileLink;
    isWhole?: boolean;
    hasFailed?: boolean;
}

/** A message of the mailbox that files are taken from. */
interface SourceMessage {
    folder: string;
    uid_validity: string;
    uid: string;
    subject: string;
    sender: string;
    day: string;
    files: number;
}

interface SourceFile {
    number: string;
    name: string;
    size: number;
}

/** A text kept ready. */
interface StockText {
    title: string;
    school: string;
    subject: string;
    html: string;
    text: string;
}

/** A composer docked in the page. */
interface DockedComposer {
    key: string;
    url: string;
    box: HTMLElement;
    frame: HTMLIFrameElement;
    name: HTMLButtonElement;
    /** What had the focus before it opened. */
    opener: Element | null;
    /** It may stand under what it answers. */
    isAnswer: boolean;
    /** It waits at the bottom of the page while another message is read. */
    isAway?: boolean;
    /** It stands under its message and was shown there. */
    isPlaced?: boolean;
    /** Its message is about to leave, and can be taken back. */
    isHeld?: boolean;
    answered?: MessageRef;
    /** Its step of the history on a telephone; 0 without one. */
    step?: number;
    timer?: number;
    onClosed?: () => void;
}

/** What a composer says to the page around it. */
interface ComposerNews {
    type: string;
    event: string;
    key: string;
    url: string;
    title?: string;
    height?: number;
    state?: string;
    /** How it ended asks something of its author. */
    stays?: boolean;
    folders?: string[];
    /** What was answered is to be archived. */
    archives?: boolean;
}

/** A composer asked for: in which way, on which message, to whom. */
interface ComposeRequest {
    mode?: string;
    ref?: MessageRef;
    to?: string;
}

interface MessageRef {
    folder: string;
    /** Number of a shared mailbox; none: that of the page. */
    box?: string;
    uidValidity: number | string;
    uid: number | string;
}

interface WindowEventMap {
    "vm:compose": CustomEvent<ComposeRequest>;
}

/** What the attachments ask of the composer. */
interface AttachmentsPage {
    limit: number;
    lends: boolean;
    onChange: () => void;
    onTrouble: (sentence: string) => void;
    onTerms: (link: FileLink, onChanged: (link: FileLink) => void) => void;
}

/** What a sending tells the composer. */
interface SubmissionPage {
    onSent: (sending: SendingState) => void;
    onSized: (height: number) => void;
    onLeft: () => void;
    onBack: (sending: SendingState) => void;
    onRefused: (sending: SendingState) => void;
    onDone: (sending: { state: string; is_held_back?: boolean }) => void;
}

/** What is looked at before a message leaves, and how a question is asked. */
interface CheckedPage {
    recipients: Recipients[];
    attachments: Attachments;
    editor: Editor;
    ask: (kind: string, sentence: string, controls: HTMLElement[]) => void;
    button: (words: string, act: () => void, look?: string) => HTMLButtonElement;
    say: (sentence: string) => void;
    send: (options: SendOptions) => void;
    onHidden: () => void;
    onMailing: () => void;
}

/** What is kept of a composer, and what it is told of it. */
interface AutosavedComposer {
    read: () => DraftFields;
    isUntouched: () => boolean;
    onState: (state: string, sentence?: string) => void;
    onFork: (draft: { key: string; paths: Record<string, string> }) => void;
}

/** What a draft that leaves its page needs of it. */
interface DraftPage {
    recipients: Recipients[];
    attachments: Attachments;
    read: () => DraftFields;
    say: (sentence: string) => void;
    tellFailure: (error: unknown, later: string) => void;
    /** A page of the composer, in the frame if this one is. */
    frameAddress: (address: string) => string;
}
