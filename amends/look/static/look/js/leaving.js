// <b data-leaves="20">: counts the seconds down until a letter leaves, then looks again, unless somebody is writing.
for (const place of document.querySelectorAll("[data-leaves]")) {
  const ends = Date.now() + Number(place.dataset.leaves) * 1000
  const tick = setInterval(() => {
    const left = Math.max(0, Math.round((ends - Date.now()) / 1000))
    place.textContent = left
    if (Date.now() < ends + 2500) return
    clearInterval(tick)
    const writing = document.querySelector("#answer-text")
    if (!writing || writing.value === writing.defaultValue) location.reload()
  }, 1000)
}
