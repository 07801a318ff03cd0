// <p data-presence="URL">: every 20 s says that we are here, and shows who else is. A hidden page says nothing.
const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] ?? ""

async function here(element) {
  if (document.hidden) return
  const answer = await fetch(element.dataset.presence, { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token() } }).catch(() => null)
  if (!answer?.ok || answer.redirected) return
  const html = await answer.text()
  if (html !== element.dataset.last) element.innerHTML = element.dataset.last = html
}

for (const element of document.querySelectorAll("[data-presence]")) {
  here(element)
  setInterval(() => here(element), 20_000)
  document.addEventListener("visibilitychange", () => here(element))
}
