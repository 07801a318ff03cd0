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

function ask() {
  const values = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"))
  htmx.ajax("POST", textarea.dataset.weigh, {
    source: textarea, target: "#weighed", swap: "outerHTML", values: { ...values, file_name: names() },
  })
}

if (textarea) {
  let waiting
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(ask, 120) }
  textarea.addEventListener("input", () => { underline(); soon() })
  form.addEventListener("change", event => { if (event.target !== textarea) soon() })
  document.body.addEventListener("htmx:afterSettle", event => { if (event.target.id === "weighed" || weighed()) underline(), say() })
  document.addEventListener("keydown", event => {
    if (event.key !== "F8") return
    const found = [...document.querySelectorAll("[data-finding]")].map(each => each.querySelector("input:not([type=hidden]), select, button, summary")).filter(Boolean)
    const here = found.findIndex(each => each.closest("[data-finding]").contains(document.activeElement))
    found.at((here + (event.shiftKey ? -1 : 1) + found.length) % found.length)?.focus()
    event.preventDefault()
  })
  underline()
}
