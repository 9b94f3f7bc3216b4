// What the dock asks of the server.

/**
 * What the server says, refusals included, or that the session is over; null when nobody answers.
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
    if (answer.redirected || answer.status === 403)
      return { error: "Votre session est terminée : rechargez la page." };
    return await answer.json();
  } catch {
    return null;
  }
}
