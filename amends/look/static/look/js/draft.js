// <form data-draft="URL">: 1.5 s after the last letter the form goes to URL, and what the desk answers stands in [data-draft-said].
// The answer is text ("Draft kept 11:42") or JSON {"said": "…"}. The sentence for when it fails is on the form: data-draft-failed.
const failed = form => form.dataset.draftFailed || "Not kept: we could not reach the desk. Your text is still on this page."

async function keep(form, leaving = false) {
  const token = freshToken(form), body = new FormData(form)
  body.delete("files") // files go with the letter itself, not with every keystroke
  const answer = await fetch(form.dataset.draft, {
    method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": token }, keepalive: leaving,
  })
  if (answer.redirected) return form.dataset.draftSignedOut || "You are signed out. Sign in in another window; your text stays here."
  if (!answer.ok) throw new Error(answer.status)
  const json = answer.headers.get("content-type")?.includes("json")
  return json ? (await answer.json()).said : (await answer.text()).trim()
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  const place = form.querySelector("[data-draft-said]")
  let waiting, latest = 0, unkept = false
  form.addEventListener("input", () => {
    clearTimeout(waiting)
    unkept = true
    waiting = setTimeout(async () => {
      const mine = ++latest
      unkept = false
      const said = await keep(form).catch(() => failed(form))
      if (place && mine === latest) place.textContent = said
    }, 1500)
  })
  form.addEventListener("submit", () => { clearTimeout(waiting); unkept = false; freshToken(form) })
  addEventListener("pagehide", () => { if (unkept) keep(form, true).catch(() => {}) }) // who leaves at once loses nothing
}
