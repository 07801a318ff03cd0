// The token of this browser's forms. Signing in again, in another window, makes the one on an open page old; the cookie has
// the new one.
globalThis.freshToken = form => {
  const field = form?.querySelector("[name=csrfmiddlewaretoken]")
  const cookie = document.cookie.split("; ").find(each => /^(__Host-)?amends-form=/.test(each))
  const value = cookie ? decodeURIComponent(cookie.split("=")[1]) : field?.value ?? ""
  if (field && value) field.value = value
  return value
}
