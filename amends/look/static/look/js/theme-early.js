// Runs before the first paint: says that scripts work, and takes up the paper this person chose.
document.documentElement.dataset.js = ""
try {
  const theme = localStorage.getItem("amends.theme")
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
  if (localStorage.getItem("amends.keys") === "off") document.documentElement.dataset.keys = "off"
} catch { /* storage is closed: the system's paper, and keys on */ }
