// What the dock asks of the server.

/**
 * What the server says, refusals included; null when nobody answers or the session is over.
 * @param {string} address
 * @param {Record<string, string>} fields
 */
export async function post(address, fields) {
  const token = document.querySelector('meta[name="csrf"]')?.content || "";
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      body: new URLSearchParams(fields),
      cache: "no-store",
    });
    return answer.redirected || answer.status === 403 ? null : await answer.json();
  } catch {
    return null;
  }
}
