// What is written: its fields as they are sent, compared and put back.

export class Draft {
  /**
   * @param {HTMLInputElement} subject
   * @param {{recipients: Recipients[], editor: Editor, options: MessageOptions, attachments: Attachments}} parts
   */
  constructor(subject, { recipients, editor, options, attachments }) {
    this.subject = subject;
    this.recipients = recipients;
    this.editor = editor;
    this.options = options;
    this.attachments = attachments;
  }

  get title() {
    return this.subject.value.trim() || "Nouveau courriel";
  }

  read() {
    const people = Object.fromEntries(this.recipients.map((field) => [field.name, field.value]));
    return { ...people, subject: this.subject.value, ...this.editor.fields(), ...this.options.fields() };
  }

  // For comparing: names that were looked up and files of a forward are nothing one wrote.
  signature() {
    const people = this.recipients.map((field) => [
      field.people.map((person) => person.address),
      field.input.value.trim(),
    ]);
    const { subject, editor, options, attachments } = this;
    return JSON.stringify([people, subject.value, editor.fields(), options.fields(), attachments.names]);
  }

  /** @param {DraftFields} fields */
  restore(fields) {
    for (const field of this.recipients) field.value = fields[field.name] ?? field.value;
    this.subject.value = fields.subject ?? this.subject.value;
    this.options.restore(fields);
    this.editor.restore(fields);
  }
}
