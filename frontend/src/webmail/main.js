import { MailApp } from "./app.js";
import { listenToShortcuts } from "./shortcuts.js";
import "../message/main.js"; // within: what both use is there once

customElements.define("mail-app", MailApp);
listenToShortcuts(document.querySelector("mail-app"));
