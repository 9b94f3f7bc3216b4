// One way to ask the server: says apart a refusal, a session that ended, and a network that is not there.

export class Refused extends Error {
  /**
   * @param {{error?: string, code?: string, field?: string}} answer
   * @param {number} status
   */
  constructor(answer, status) {
    super(answer.error || "Cette action n’est pas possible.");
    this.code = answer.code || "";
    this.field = answer.field || "";
    this.status = status;
  }
}
export class SignedOut extends Error {}
export class Away extends Error {}

/** @param {string} name */
function cookie(name) {
  const cookies = document.cookie.split("; ");
  const pair = cookies.find((candidate) => candidate.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : "";
}

export class Server {
  /** @param {ComposerForm} form */
  constructor(form) {
    this.cookieName = form.dataset.csrfCookie;
    this.home = form.dataset.home;
    this.firstToken = form.elements.csrfmiddlewaretoken.value;
    this.key = form.dataset.key;
  }

  address(path = "") {
    return `${this.home}${this.key}/${path}`;
  }

  // The token is read each time: signing in again in another window changes it.
  token() {
    return cookie(this.cookieName) || this.firstToken;
  }

  /**
   * @param {string} path
   * @param {Record<string, any>} fields
   */
  post(path, fields) {
    return this.ask(this.address(path), { method: "POST", body: new URLSearchParams(fields) });
  }

  /**
   * Send a form of another page. Resolves to whether it was accepted.
   * @param {string} address
   * @param {Record<string, string>} fields
   */
  async postForm(address, fields) {
    const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: this.token() });
    const answer = await fetch(address, { method: "POST", credentials: "same-origin", body });
    return new URL(answer.url).searchParams.has("fait");
  }

  /**
   * The answer, as JSON. Raises Refused, SignedOut, or Away.
   * @param {string} address
   * @param {RequestInit & {headers?: Record<string, string>}} [options]
   * @returns {Promise<any>} whatever that address answers
   */
  async ask(address, { headers = {}, ...options } = {}) {
    let answer;
    try {
      answer = await fetch(address, {
        credentials: "same-origin",
        cache: "no-store",
        headers: { Accept: "application/json", "X-CSRFToken": this.token(), ...headers },
        ...options,
      });
    } catch {
      throw new Away();
    }
    const isJson = (answer.headers.get("Content-Type") || "").includes("application/json");
    if (answer.redirected || answer.status === 401 || answer.status === 403) throw new SignedOut();
    if (!isJson) throw new Away();
    const content = await answer.json();
    if (answer.status === 503) throw new Away();
    if (content.code === "credentials.session-over") throw new SignedOut();
    if (!answer.ok) throw new Refused(content, answer.status);
    return content;
  }
}
