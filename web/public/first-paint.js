// Runs before the first paint: sets theme and language on <html>, so that neither flashes. Mirrors app/theme.ts and app/i18n.ts.
;(function () {
  var root = document.documentElement
  var stored = function (key) {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }
  var theme = stored('confab.theme')
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  }
  root.dataset.theme = theme
  var language = stored('confab.language')
  if (!language) {
    var wanted = (navigator.language || '').toLowerCase()
    language = !wanted.startsWith('zh') ? 'en' : /^zh-(cn|sg|hans)/.test(wanted) ? 'zh-CN' : 'zh-TW'
  }
  root.lang = language
})()
