// What the pages promise their scripts. A selector names an element that a template of ours draws: its kind and its
// presence are the template's word, which the browser tests hold it to, not the compiler's.
interface ParentNode {
    querySelector<E extends Element = any>(selectors: string): E;
}

interface Element {
    closest<E extends Element = any>(selectors: string): E;
}

interface Window {
    /** Set by ui/main.js, which every page loads. */
    vaguemestre: {
        notify(sentence: string, kind?: string, seconds?: number): HTMLElement | null;
        icon(name: string): SVGSVGElement;
    };
}
