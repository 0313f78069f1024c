// What HTML and htmx do not do by themselves: keys, dialogs, copying. Everything works without it but these.
(() => {
  "use strict";
  const typing = (element) => element.closest("input, select, textarea, [contenteditable]");
  let going = 0;

  const pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target;
    if (event.key === "Escape" && typing(at)) return at.blur();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return move(event);
    if (typing(at) || document.querySelector("dialog[open]")) return;
    if (Date.now() - going < 1500) {
      going = 0;
      const link = document.querySelector(`.side [data-key="${CSS.escape(event.key)}"]`);
      if (link) link.click();
    } else if (event.key === "g") {
      going = Date.now();
    } else if (event.key === "/") {
      const search = document.querySelector("input[type=search]");
      if (!search) return void location.assign("/desk/counterparties");
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "?") {
      document.getElementById("shortcuts")?.showModal();
    }
  };

  // Along the links of a list marked data-list, and from the search field into it.
  const move = (event) => {
    const search = event.target.matches("input[type=search]");
    const list = event.target.closest("[data-list]") || (search && document.querySelector("[data-list]"));
    if (!list) return;
    const links = [...list.querySelectorAll("a[data-row]")];
    const next = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    if (next < 0) document.querySelector("input[type=search]")?.focus();
    else links[Math.min(next, links.length - 1)]?.focus();
  };

  const clicked = async (event) => {
    const button = event.target.closest("[data-opens], [data-closes], [data-copy], [data-print]");
    if (!button) return;
    if (button.dataset.opens) document.getElementById(button.dataset.opens)?.showModal();
    else if ("closes" in button.dataset) button.closest("dialog").close();
    else if ("print" in button.dataset) window.print();
    else {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 1500);
    }
  };

  // A choice that takes effect at once: data-submits on the field sends its form.
  const changed = (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  };

  // What looks again by itself waits while somebody writes in a dialog: its answer might take the dialog away.
  const asks = (event) => {
    const again = event.target.matches('[hx-trigger^="every"]');
    if (again && document.querySelector("dialog[open]")) event.preventDefault();
  };

  document.addEventListener("htmx:beforeRequest", asks);
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", clicked);
  document.addEventListener("change", changed);
})();
