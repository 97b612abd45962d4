// Before the first paint, so that nothing flashes: the theme and the language that were chosen on this device.
try {
  var root = document.documentElement;
  var theme = localStorage.getItem('hejnal.theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  var language = localStorage.getItem('hejnal.language');
  if (language === 'pl' || language === 'en') root.lang = language;
} catch (e) {
  // No storage: what the system prefers.
}
