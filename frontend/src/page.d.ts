// What the pages promise their scripts. A selector names an element that a template of ours draws: its kind and its
// presence are the template's word, which the browser tests hold it to, not the compiler's.
interface ParentNode {
    querySelector<E extends Element = any>(selectors: string): E;
    querySelectorAll<E extends Element = any>(selectors: string): NodeListOf<E>;
}

interface Element {
    closest<E extends Element = any>(selectors: string): E;
    getAttribute(name: "for" | "src"): string;
}

/** What the elements that are asked for it were drawn with; an address, most often. */
interface DOMStringMap {
    home: string;
    ref: string;
    step: string;
    acts: string;
    awaits: string;
    bulks: string;
    callsOff: string;
    choices: string;
    fill: string;
    labels: string;
    look: string;
    moments: string;
    people: string;
    post: string;
    push: string;
    putsOff: string;
    recent: string;
    renew: string;
    searches: string;
    shelves: string;
    ticket: string;
}

// Hands and keys reach elements; that the window or a text could be what they reach concerns no listener of ours.
interface UIEvent {
    readonly target: HTMLElement;
}

interface SubmitEvent {
    readonly target: HTMLFormElement;
}

/** What happened to an element that says nothing of its kind: `change`, `load`. */
type ElementEvent<E extends Element = HTMLInputElement> = Event & { readonly target: E };

/** What is posted: whatever URLSearchParams takes, a form without files included. */
type Fields = Record<string, string> | string[][] | URLSearchParams | FormData;

interface Window {
    /** Set by ui/main.js, which every page loads. */
    vaguemestre: {
        notify(sentence: string, kind?: string, seconds?: number): HTMLElement | null;
        icon(name: string): SVGSVGElement;
        /** Set where composers are docked: what was typed before one was there. */
        releaseKeys?(): string;
    };
}

/** What htmx says before each request of its own, and before it puts the answer in its place. */
interface DocumentEventMap {
    "htmx:config:request": CustomEvent<{ ctx: HtmxRequest }>;
    "htmx:before:swap": CustomEvent<{ ctx: HtmxRequest }>;
}
interface HtmxRequest {
    request: { headers: Record<string, string> };
    target?: Element;
    /** Ours: texts of the target as they were when the request left. */
    textsThen?: string;
}

/** Fields of a dialog or of a pane say `change`; what they are is their template's word. */
interface HTMLElement {
    addEventListener(type: "change", listener: (event: ElementEvent) => void): void;
}
interface HTMLDialogElement {
    addEventListener(type: "change", listener: (event: ElementEvent) => void): void;
}

declare module "pdfjs-dist/legacy/build/pdf.worker.mjs";
