import { find } from "../ui/dom.js";
import { MailApp } from "./app.js";
import { listenToShortcuts } from "./page/shortcuts.js";
import "./page/fetched_lines.js";
import "../message/main.js"; // within: what both use is there once

customElements.define("mail-app", MailApp);
listenToShortcuts(find("mail-app"));
