// What the theme leaves to be said or reached by keyboard.

const scrolls = (box) =>
  box.scrollWidth > box.clientWidth && /auto|scroll/.test(getComputedStyle(box).overflowX);

// Whatever scrolls sideways can be scrolled with the arrow keys.
function reach() {
  for (const box of document.querySelectorAll(".bd-article :is(div, pre, dl, math)")) {
    if (scrolls(box)) box.tabIndex = 0;
    else if (box.tabIndex === 0) box.removeAttribute("tabindex");
  }
}

document.addEventListener("DOMContentLoaded", () => {
  // These buttons are an icon alone.
  for (const toggle of document.querySelectorAll(".bd-sidebar-primary summary")) {
    const chapter = toggle.closest("li").querySelector("a").textContent.trim();
    toggle.setAttribute("aria-label", `Pages of ${chapter}`);
  }
  // This one says "Search the book": its label should not say something else.
  for (const button of document.querySelectorAll(".search-button-field")) button.removeAttribute("aria-label");
  reach();
  // A fold that opens, a window that is turned: something may scroll now.
  new ResizeObserver(reach).observe(document.body);
});
