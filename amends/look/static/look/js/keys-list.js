// [data-keys-open] opens the list of keys: those of every page, and those found on this one. The list also switches them off.
const root = document.documentElement
const dialog = document.querySelector("#keys")
const off = dialog?.querySelector("[data-keys-switch]")

const words = element => element.dataset.keyWords
  || [...element.childNodes].filter(node => !node.classList?.contains("key")).map(node => node.textContent).join(" ").trim()

function line(key, said) {
  const name = document.createElement("dt")
  const sign = Object.assign(document.createElement("kbd"), { className: "key", textContent: key.toUpperCase() })
  name.append(sign)
  return [name, Object.assign(document.createElement("dd"), { textContent: said })]
}

function list() {
  const place = dialog.querySelector("[data-keys-of-page]")
  const found = [...document.querySelectorAll("[data-key]")].filter(element => element.checkVisibility?.() ?? true)
  place.replaceChildren(...found.flatMap(element => line(element.dataset.key, words(element))))
  place.hidden = !found.length
}

document.addEventListener("click", event => {
  if (dialog && event.target.closest("[data-keys-open]")) list(), dialog.showModal()
})

if (off) {
  off.checked = root.dataset.keys !== "off"
  off.addEventListener("change", () => {
    root.dataset.keys = off.checked ? "on" : "off"
    try { localStorage.setItem("amends.keys", root.dataset.keys) } catch { /* it lasts for this page only */ }
  })
}
