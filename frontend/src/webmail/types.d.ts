// What the templates of the reader draw, and what its scripts hand one another.
type MailApp = import("./app.js").MailApp;
type Folders = import("./folders/folders.js").Folders;
type FolderTools = import("./on_use/folder_tools.js").FolderTools;
type Search = import("./search/search.js").Search;

/** A row of the list, of one message or of a conversation (`data-others`). */
interface MessageRow extends HTMLLIElement {
    readonly dataset: DOMStringMap & { ref: string };
    /** Its markup as the server wrote it; empty once it shows something else. */
    written?: string;
    /** Whether it is the list's stop of the Tab key. */
    roved?: boolean;
}

/** Fifty rows of the list, emptied when they are far from sight. */
interface Chunk extends HTMLOListElement {
    readonly dataset: DOMStringMap & { offset: string };
    loaded?: boolean;
    /** Settled once what is asked for has come. */
    busy?: Promise<void> | null;
    /** Asked for once more while on its way. */
    again?: boolean;
    etag?: string | null;
}

/** `#messages`: which folder, search or label the list shows. */
interface ListSection extends HTMLElement {
    readonly dataset: DOMStringMap & {
        folder: string;
        step: string;
        use: string;
        asked: string;
        query: string;
    };
}

/** The open message, or the header of another of its conversation. */
interface MessageElement extends HTMLElement {
    readonly dataset: DOMStringMap & { ref: string };
}

interface FolderLink extends HTMLAnchorElement {
    readonly dataset: DOMStringMap & {
        step: string;
        use: string;
        folder: string;
        name: string;
        total: string;
        wanted?: string;
    };
}

/** The box of one label in the dialog of labels. */
interface LabelBox extends HTMLInputElement {
    readonly dataset: DOMStringMap & { mark: string; name: string; colour: string };
}

interface Point {
    x: number;
    y: number;
}

/** One line of a menu; null draws a line between two. */
type MenuItem = [words: string, icon: string, act: () => unknown] | null;

/** What an act on messages answers: where they are now, in the order asked where all of them moved. */
interface ActResult {
    moved: string[];
    final: boolean;
    more: string; // what is said besides, after a space
}

interface ActOptions {
    to?: string;
    mark?: string;
    quiet?: boolean;
}

/** An act on a whole list, done by the worker. */
interface BulkProgress {
    act: string;
    state: string;
    done: number;
    total: number;
    final?: boolean;
    /** Seconds before what cannot be undone begins. */
    wait?: number;
    reason?: string;
}

/** A question with one button that says yes. */
interface Question {
    title: string;
    text: string;
    go: string;
    act: () => unknown;
}

/** A line under the search box: `go` searches at once, `put` goes on in the box. */
interface SearchSuggestion {
    words: string;
    detail: string;
    go?: string;
    put?: string;
}

/** A text on its way to the frame; `came` is settled once it shows. */
interface ComingText {
    before: string;
    frame?: HTMLIFrameElement;
    address?: string;
    came?: Promise<boolean>;
    done?: (came: boolean) => void;
}

/** A press or a drag, until it ends. */
interface Gesture {
    ended: Promise<void>;
    end(): void;
}

/** A link to a file that can be looked at. */
interface PreviewLink extends HTMLAnchorElement {
    readonly dataset: DOMStringMap & { look: string; viewer: string };
}

interface LabelForm extends HTMLFormElement {
    readonly elements: HTMLFormControlsCollection & {
        mark: HTMLInputElement;
        name: HTMLInputElement;
        colour: HTMLSelectElement;
    };
}

interface NamedForm extends HTMLFormElement {
    readonly elements: HTMLFormControlsCollection & { name: HTMLInputElement };
}
