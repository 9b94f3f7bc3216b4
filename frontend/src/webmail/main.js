import { MailApp } from "./app.js";
import { listenToKeys } from "./shortcuts.js";
import "../message/main.js"; // within: what both use is there once

customElements.define("mail-app", MailApp);
listenToKeys(document.querySelector("mail-app"));
