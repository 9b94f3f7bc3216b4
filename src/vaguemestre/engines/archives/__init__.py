"""Archives of mail: mbox, Maildir, folders of .eml, zip and tgz of these, Outlook's .pst."""
