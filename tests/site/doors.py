"""Who may come to each address: the table of expectations that `test_matrix.py` tries on every role.

A new address without a line here fails, and so does a line without an address. Write it under its room,
beside those whom it lets in. `OPEN`: anybody, or whoever brings credentials of another kind (a code, a token,
a signed question).
"""

OPEN = frozenset(
    {"anonymous", "teacher", "officer_dpe", "officer_dpate", "helpdesk", "administrator", "auditor"}
)
SIGNED = OPEN - {"anonymous"}
OFFICERS = frozenset({"officer_dpe", "officer_dpate"})
OPERATORS = frozenset({"helpdesk", "administrator"})
ADMINISTRATORS = frozenset({"administrator"})
READERS = ADMINISTRATORS | {"auditor"}  # they read the same page, and one of them acts from it
DESK_READERS = OPERATORS | {"auditor"}
LIST_MAKERS = OFFICERS | ADMINISTRATORS

type Names = str  # names of addresses, separated by spaces

DOORS: dict[str, dict[frozenset[str], Names]] = {
    "assistant": {
        OPEN: """
            activate follow-link identify judge-password recover recover-code recover-password show-code
        """,
    },
    "backoffice": {
        ADMINISTRATORS: """
            academies academy feed feed-changed feed-decide feed-refused feed-upload feeds job-again
            job-give-up jobs match-candidate match-candidates
            delete-service-class never-activated-file never-activated-school new-service-class officers
            open-structure paragraph paragraphs people person person-class role service service-class
            service-classes services settings structure structures waiting-class
        """,
        READERS: "home journal journal-file never-activated",
    },
    "breaches": {
        ADMINISTRATORS: "close export file list notice open",
    },
    "domainreports": {
        READERS: "reports",
    },
    "firstday": {
        ADMINISTRATORS: "close dns",
    },
    "inventory": {
        READERS: "file inventory",
    },
    "operations": {
        ADMINISTRATORS: "queue queue-act queue-send-back",
        READERS: "advice",
    },
    "bulk": {
        ADMINISTRATORS: "act decide file list open progress",
    },
    "removals": {
        ADMINISTRATORS: "decide file give-right list open progress withdraw-right",
    },
    "cas": {
        OPEN: """
            confirm-logout logout p3-proxy-validate p3-service-validate proxy proxy-validate resume
            service-validate validate
        """,
        SIGNED: "login",
    },
    "rosters": {
        OPEN: "finish-cas-sign-in finish-saml-sign-in metadata receive-saml-response start-sign-in",
        SIGNED: """
            apply-files change-people decide-rights discard-files link list-classes open-composer settings
            stage-files unlink
        """,
    },
    "contacts": {
        SIGNED: """
            add-contact add-group begin-book change-writers delete-contact duplicates edit-contact
            edit-group export import keep-address list-contacts person photo
        """,
    },
    "filelinks": {
        SIGNED: "list terms withdraw",
    },
    "autoconfig": {
        OPEN: """
            add-on apple authorize autoconfig autodiscover guide metadata mta-sts revoke-token token
        """,
        SIGNED: "make-apple seen",
        ADMINISTRATORS: "check-dns dns",
    },
    "quarantine": {
        SIGNED: "own release",
        ADMINISTRATORS: "release-for-owner verdicts",
    },
    "redirects": {
        OPEN: "follow",
    },
    "tracking": {
        SIGNED: "discard held hours release reschedule sending sent status where",
        OPERATORS: "account-messages all-held decide-held",
        ADMINISTRATORS: "messages",
    },
    "enrolment": {
        OPEN: "complete-request start submit-request track-request",
        OFFICERS: """
            correct correct-work decide-request declare declare-return letter letters lifecycle
            match-candidate match-candidates numen people people-file people-letters person proof queue
            register-arrival request upcoming
        """,
    },
    "headers": {
        OPEN: "check come-back depart enter go-away resume",
    },
    "helpdesk": {
        DESK_READERS: "statistics statistics-file",
        OPEN: "submit-request track-request",
        SIGNED: "hand-over hand-overs refuse-hand-over",
        OPERATORS: """
            absence account answer-text answer-texts declare-key-lost delete-answer-text key key-receipt mail
            new-answer-text perform-action request request-hand-over requests search
            stock
        """,
    },
    "lists": {
        OPEN: "leave-by-link part-outside why-outside",
        SIGNED: """
            add-members archive body close copies decide join leave letter list lists members moderation
            part remove-members roles rule settings why
        """,
        LIST_MAKERS: "create",
    },
    "portability": {
        SIGNED: "change download export file leave move-out new-address server show state",
    },
    "oidc": {
        OPEN: """
            authorize confirm-sign-out discovery introspect keys resume revoke sign-out token userinfo
        """,
        ADMINISTRATORS: "import",
    },
    "phonebook": {
        SIGNED: "card own search",
    },
    "schoolstaff": {
        SIGNED: "letters staff",
    },
    "staffsearch": {
        OFFICERS | OPERATORS: "search",
    },
    "portal": {
        OPEN: "accessibility change-password charter help privacy",
        SIGNED: """
            accept-charter app-passwords close-first-visit create-app-password display favourite home lines
            mail mark-announcement-read revoke-app-password settings usage
        """,
        ADMINISTRATORS: "announcement announcements new-announcement withdraw-announcement",
    },
    "registry": {
        OPEN: "closed goodbye logo",
        SIGNED: "agree",
        ADMINISTRATORS: "add change list preview remove renew-secret set-logo show test",
    },
    "saml": {
        OPEN: "go-on metadata resume slo slo-again sso start",
        ADMINISTRATORS: "import",
    },
    "sharing": {
        SIGNED: """
            activity add-member add-members change-member change-thread collaboration
            create-app-password decide-request delegate-mailbox delegation end-delegation end-member
            follow-up list-boxes name-owner request-box revoke-app-password show-box
            take-back-owner
        """,
        ADMINISTRATORS: "vacant-boxes",
    },
    "signin": {
        OPEN: """
            alarm give-code judge-renewal renew resume sign-in sign-in-passkey sign-in-passkey-options
            sign-out
        """,
        SIGNED: """
            activity add-passkey change-password choose-pin drop-contact end-others end-session enrol
            enrol-again forget-browser judge-password key-lost leave-application passkey-options
            prove-contact remove-application remove-passkey renew-codes resume-act security set-contact
        """,
    },
    "site": {
        OPEN: "carddav health ping session",
    },
    "sorting": {
        SIGNED: """
            absence arrange-filters change-filter colleagues edit-filter end expert export-filters
            fill filters filters-progress filters-state import new-filter preview save-expert save-filter
            save-import save-script script-warning spam state
        """,
    },
    "webmail": {
        OPEN: "show-picture",
        SIGNED: """
            act all-boxes answer-invitation answer-receipt await-answer cancel-reminders change-folder
            change-label change-search choose-showing count-shared-unread find-day free-time inbox
            list-attachments list-deleted list-all-rows list-folders list-reminders list-rows
            make-preview offer-choices open-enclosed open-message pdf-reader preview-part print-message
            recover renew-ticket report-message save-all-parts save-choices save-message save-part
            show-body show-bulk show-card show-conversation show-folder show-header show-source
            snooze-messages start-bulk undo-bulk unsubscribe
        """,
        ADMINISTRATORS: "close-reports list-reports",
    },
    "compose": {
        SIGNED: """
            add-enclosure add-link add-slice as-text attach-message-files cancel compose describe-recipients
            discard edit-identity edit-stock-text fork hand-over import-identities link-slice link-terms
            list-source-files list-sources list-waiting mailing mailing-state new-identity new-stock-text
            remove-enclosure remove-identity remove-link remove-stock-text reopen-mailing save send
            sending-state show-enclosure signatures start start-mailing stock-texts stop-mailing
            suggest-recipients
        """,
    },
}


def audiences() -> dict[str, frozenset[str]]:
    """`room:name` → who comes in. An address listed twice is an error."""
    found: dict[str, frozenset[str]] = {}
    for room, told in DOORS.items():
        for audience, names in told.items():
            for name in names.split():
                key = name if room == "site" else f"{room}:{name}"
                assert key not in found, f"{key} stands twice in tests/site/doors.py"
                found[key] = audience
    return found
