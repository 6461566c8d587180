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

// What is folded in a notebook is folded here: a section headed "Deeper: ...". Without scripts all of it is open.
function fold() {
  for (const section of document.querySelectorAll(".bd-article section")) {
    const heading = section.querySelector(":scope > :is(h2, h3, h4)");
    if (!heading?.textContent.startsWith("Deeper: ")) continue;
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    details.className = "deeper";
    while (heading.nextSibling) details.append(heading.nextSibling);
    summary.append(heading);
    details.prepend(summary);
    section.append(details);
  }
}

// A link to a place in a fold opens it; paper has no folds.
function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folds = [...(target?.querySelectorAll(":scope > details.deeper") ?? [])];
  for (let up = target; up; up = up.parentElement) if (up.matches("details.deeper")) folds.push(up);
  for (const details of folds) details.open = true;
  if (folds.length) target.scrollIntoView();
}

document.addEventListener("DOMContentLoaded", () => {
  fold();
  unfold();
  addEventListener("hashchange", unfold);
  addEventListener("beforeprint", () => document.querySelectorAll("details.deeper").forEach((one) => (one.open = true)));
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
