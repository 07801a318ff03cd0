// A button [data-theme-toggle] goes from the system's paper to light to dark. Its words are on the button: data-system, data-light, data-dark.
const root = document.documentElement
const next = { system: "light", light: "dark", dark: "system" }

const chosen = () => root.dataset.theme || "system"

function say() {
  for (const button of document.querySelectorAll("[data-theme-toggle]")) button.textContent = button.dataset[chosen()]
}

function take(theme) {
  if (theme === "system") delete root.dataset.theme
  else root.dataset.theme = theme
  try { localStorage.setItem("amends.theme", theme) } catch { /* it lasts for this page only */ }
  say()
}

document.addEventListener("click", event => {
  if (event.target.closest("[data-theme-toggle]")) take(next[chosen()])
})
say()
