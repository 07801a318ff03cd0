// Single letters act outside fields; each is printed on what it presses ([data-key]). They may be switched off (keys-list.js).
// Other modules hear every letter first, as "amends:key", and say preventDefault() when they have taken it.
const seen = element => element.checkVisibility?.() ?? element.offsetParent !== null
const shown = selector => [...document.querySelectorAll(selector)].find(seen)
const typing = at => at.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")
const quiet = event => event.ctrlKey || event.metaKey || event.altKey || event.key.length > 1 || typing(event.target)
  || document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")
let going = 0

function find() {
  const field = document.querySelector("[data-find]")
  if (field && seen(field)) field.focus(), field.select()
  else field?.form.submit()
}

function press(target) {
  if (target?.matches("input:not([type=checkbox], [type=radio]), textarea, select")) target.focus()
  else target?.click()
  return Boolean(target)
}

function act(key) {
  const gone = going > Date.now()
  going = key === "g" && !gone ? Date.now() + 1500 : 0
  if (gone) return press(shown(`[data-go="${CSS.escape(key)}"]`))
  if (key === "g") return true
  if (key === "/") return find(), true
  if (key === "?") return press(shown("[data-keys-open]"))
  const heard = !document.dispatchEvent(new CustomEvent("amends:key", { detail: key, cancelable: true }))
  return heard || press(shown(`[data-key="${CSS.escape(key)}"]`))
}

document.addEventListener("keydown", event => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("form")
    if (form) event.preventDefault(), form.requestSubmit(form.querySelector("[data-primary]"))
  } else if (!quiet(event) && act(event.key.toLowerCase())) event.preventDefault()
})

// "⌘ ↵" is what a Mac has; elsewhere it is Ctrl.
function nameKeys() {
  if (!/^(Mac|iP)/.test(navigator.platform))
    for (const key of document.querySelectorAll("[data-primary] .key")) key.textContent = "Ctrl ↵"
}
document.addEventListener("htmx:afterSettle", nameKeys)
nameKeys()

// What an address names is open when one comes to it: "…/#note" opens the note's box.
function openNamed() {
  const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)))
  const box = named?.closest?.("details")
  if (!box) return
  box.open = true
  box.querySelector("textarea, input:not([type=hidden]), select")?.focus()
}
addEventListener("hashchange", openNamed)
openNamed()
