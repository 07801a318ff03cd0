// j and k go down and up the rows of a page ([data-row]); Enter opens the row's link, and a row's own keys ([data-row-key="c"]) act on it.
const seen = element => element.checkVisibility?.() ?? element.offsetParent !== null

function here() {
  return document.activeElement.closest("[data-row]") ?? document.querySelector("[data-row].chosen")
}

function move(step) {
  const rows = [...document.querySelectorAll("[data-row]")].filter(seen)
  const focused = document.activeElement.closest("[data-row]")
  const next = focused ? rows.indexOf(focused) + step : rows.indexOf(here())
  const row = rows[Math.min(Math.max(next, 0), rows.length - 1)]
  row?.querySelector("a[href]")?.focus({ focusVisible: true })
  return Boolean(row)
}

document.addEventListener("amends:key", event => {
  const key = event.detail
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1) && event.preventDefault()
  const target = here()?.querySelector(`[data-row-key="${CSS.escape(key)}"]`)
  if (target) target.click(), event.preventDefault()
})
