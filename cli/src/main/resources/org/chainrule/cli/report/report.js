
// Read-outs under the pointer, and by arrow keys on a focused chart. Without this script the browser shows each title.
// The page is also well-formed XML, so this file does without ampersands and less-than signs.
{
  const tip = document.getElementById("tip");
  let lit = [];

  const texts = new Map();
  for (const hit of document.querySelectorAll(".hit")) {
    const title = hit.querySelector("title");
    texts.set(hit, title.textContent);
    title.remove();
  }

  const hide = () => {
    tip.classList.remove("shown");
    for (const hit of lit) hit.classList.remove("on");
    lit = [];
  };

  const show = (hit, x, y) => {
    hide();
    const epoch = hit.dataset.epoch;
    lit = epoch ? [...document.querySelectorAll(`.hit[data-epoch="${epoch}"]`)] : [hit];
    for (const other of lit) other.classList.add("on");
    tip.textContent = texts.get(hit);
    tip.classList.add("shown");
    const box = tip.getBoundingClientRect();
    const beside = x + 16 + box.width > innerWidth ? x - 16 - box.width : x + 16;
    tip.style.left = `${Math.max(4, beside)}px`;
    tip.style.top = `${Math.max(4, y - box.height - 12)}px`;
  };

  for (const chart of document.querySelectorAll(".chart")) {
    const hits = [...chart.querySelectorAll(".hit")];
    const follow = event => {
      const hit = event.target.closest(".hit");
      if (hit) show(hit, event.clientX, event.clientY); else hide();
    };
    chart.addEventListener("pointermove", follow);
    chart.addEventListener("pointerdown", follow);
    chart.addEventListener("pointerleave", hide);
    if (hits.length === 0) continue;
    let at = -1;
    chart.setAttribute("tabindex", "0");
    chart.addEventListener("blur", hide);
    chart.addEventListener("keydown", event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      at = (at + step + hits.length) % hits.length;
      const box = hits[at].getBoundingClientRect();
      show(hits[at], box.left + box.width / 2, box.top + box.height / 3);
    });
  }
}
