
// Sorting by a click on a heading, and a field that shows only the rows that hold its text. Without it the tables stand as written.
{
  const value = cell => {
    const number = parseFloat(cell.textContent.replace("∞", "Infinity"));
    return Number.isNaN(number) ? null : number;
  };
  const order = (a, b) => {
    const x = value(a), y = value(b);
    if (x !== null && y !== null) return x - y;
    if (x !== null || y !== null) return x !== null ? -1 : 1;
    return a.textContent.localeCompare(b.textContent);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    table.querySelectorAll("thead th").forEach((head, i) => {
      const button = document.createElement("button");
      button.textContent = head.textContent;
      head.replaceChildren(button);
      let sign = -1;
      button.addEventListener("click", () => {
        sign = -sign;
        body.append(...[...body.rows].sort((a, b) => sign * order(a.cells[i], b.cells[i])));
      });
    });
    if (body.rows.length > 12) {
      const field = document.createElement("input");
      field.type = "search";
      field.placeholder = "show rows that hold …";
      field.addEventListener("input", () => {
        const words = field.value.toLowerCase().split(/\s+/);
        for (const row of body.rows)
          row.hidden = !words.every(w => row.textContent.toLowerCase().includes(w));
      });
      table.parentElement.before(field);
    }
  }
}
