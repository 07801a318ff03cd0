// <textarea data-weigh="URL">: 120 ms after the last letter the form goes to URL, and what the desk makes of the letter replaces
// #weighed. Its phrases ([data-lines]: words and the shape of their line) are underlined behind the text, in [data-mirror].
const textarea = document.querySelector("textarea[data-weigh]")
const form = textarea?.form, mirror = form?.querySelector("[data-mirror]"), aloud = document.getElementById("weighed-said")
const weighed = () => document.getElementById("weighed")

function underline() {
  const lines = JSON.parse(weighed().dataset.lines || "[]"), text = textarea.value
  let from = 0
  mirror.replaceChildren()
  for (const [words, shape] of lines) {
    const at = text.indexOf(words, from)
    if (at < 0) continue // changed since it was read
    const mark = document.createElement("mark")
    mark.className = shape
    mark.textContent = words
    mirror.append(text.slice(from, at), mark)
    from = at + words.length
  }
  mirror.append(text.slice(from) + "\n")
}

function say() {
  const said = weighed().dataset.said || ""
  if (aloud && aloud.textContent !== said) aloud.textContent = said
}

function names() {
  const files = form.querySelector("[name=files]")?.files ?? []
  return [...files].map(file => file.name)
}

// What is focused or opened under the letter stays so when the desk answers anew.
let kept = null
function remember() {
  const here = document.activeElement, open = [...weighed().querySelectorAll("details[open] [name]")].map(each => each.name)
  const focused = weighed().contains(here) && here.name ? { name: here.name, value: here.value, from: here.selectionStart, to: here.selectionEnd } : null
  kept = { open, focused }
}

function restore() {
  if (!kept) return
  const find = name => weighed().querySelector(`[name="${CSS.escape(name)}"]`)
  for (const name of kept.open) find(name)?.closest("details")?.setAttribute("open", "")
  const { focused } = kept, again = focused && find(focused.name)
  kept = null
  if (!again) return
  if (again.type === "text" && again.value !== focused.value) again.value = focused.value // typed on meanwhile
  again.focus({ preventScroll: true })
  if (again.type === "text") again.setSelectionRange(focused.from, focused.to)
}

function ask() {
  freshToken(form)
  const values = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"))
  htmx.ajax("POST", textarea.dataset.weigh, {
    source: textarea, target: "#weighed", swap: "outerHTML", values: { ...values, file_name: names() },
  })
}

if (textarea) {
  let waiting
  let pressing = false // a press that has begun ends on what it began on
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(() => pressing ? soon() : ask(), 120) }
  form.addEventListener("pointerdown", () => { pressing = true })
  for (const over of ["pointerup", "pointercancel", "blur"]) addEventListener(over, () => { pressing = false })
  document.body.addEventListener("htmx:beforeSwap", event => {
    if (event.target.id !== "weighed") return
    if (pressing) { event.detail.shouldSwap = false; soon() } else remember()
  })
  document.body.addEventListener("htmx:responseError", event => {
    const place = form.querySelector("[data-draft-said]")
    if (event.detail.xhr.status === 401 && place) place.textContent = form.dataset.draftSignedOut || event.detail.xhr.responseText
  })
  document.body.addEventListener("htmx:configRequest", event => { event.detail.headers["X-CSRFToken"] = freshToken(form) })
  textarea.addEventListener("input", () => { underline(); soon() })
  form.addEventListener("change", event => { if (event.target !== textarea) soon() })
  document.body.addEventListener("htmx:afterSettle", event => { if (event.target.id === "weighed" || weighed()) underline(), say(), restore() })
  document.addEventListener("keydown", event => {
    if (event.key !== "F8") return
    const found = [...document.querySelectorAll("[data-finding]")].map(each => each.querySelector("input:not([type=hidden]), select, button, summary")).filter(Boolean)
    const here = found.findIndex(each => each.closest("[data-finding]").contains(document.activeElement))
    found.at((here + (event.shiftKey ? -1 : 1) + found.length) % found.length)?.focus()
    event.preventDefault()
  })
  underline()
}
