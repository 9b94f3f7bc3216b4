import { MailApp } from "./app.js";
import { listenToKeys } from "./keys.js";

customElements.define("mail-app", MailApp);
listenToKeys(document.querySelector("mail-app"));
