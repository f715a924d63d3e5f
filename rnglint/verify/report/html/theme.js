// Chooses between the system's theme, light and dark, and remembers the choice where it may.
(function () {
  "use strict";
  var themes = ["auto", "light", "dark"];
  var root = document.documentElement;

  function stored() {
    try { return localStorage.getItem("rnglint-theme"); } catch (error) { return null; }
  }

  function store(theme) {
    try { localStorage.setItem("rnglint-theme", theme); } catch (error) { /* not remembered */ }
  }

  function show(theme) {
    root.dataset.theme = theme;
    var button = document.getElementById("theme");
    if (button) { button.textContent = "Theme: " + theme; }
  }

  var theme = themes.indexOf(stored()) < 0 ? "auto" : stored();
  show(theme);
  document.addEventListener("DOMContentLoaded", function () {
    var button = document.getElementById("theme");
    button.hidden = false;
    button.addEventListener("click", function () {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length];
      store(theme);
      show(theme);
    });
    show(theme);
  });
})();
