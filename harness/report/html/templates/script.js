// Steps through a page that is complete without this. Text is set as text, never as markup.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const made = (name, text, className) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };

  // -- light and dark ------------------------------------------------------------------------------------------

  const root = document.documentElement;
  const remembered = (value) => {
    try {
      if (value === undefined) return localStorage.getItem("harness-theme");
      localStorage.setItem("harness-theme", value);
    } catch { /* a page from a file may have no storage */ }
    return value;
  };
  const theme = document.getElementById("theme");
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const chosen = remembered();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  theme.hidden = false;
  theme.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    remembered(root.dataset.theme);
  });

  // -- copying -------------------------------------------------------------------------------------------------

  const copy = async (source) => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(source);
      return document.execCommand("copy");
    }
  };
  for (const button of all("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const copied = await copy(document.getElementById(button.dataset.copy));
      button.textContent = copied ? "copied" : "selected: press Ctrl+C";
      button.setAttribute("aria-live", "polite");
    });
  }

  // -- stepping ------------------------------------------------------------------------------------------------

  const data = document.getElementById("data");
  if (!data) return;
  const views = JSON.parse(data.textContent).views.map((view, number) => {
    const section = document.querySelector(`[data-view="${number}"]`);
    const steps = new Map(all(".step", section).map((step) => [Number(step.dataset.row), step]));
    const [now, picture] = [section.querySelector(".now"), section.querySelector(".picture")];
    return { ...view, section, steps, now, picture, rowOf: new Map() };
  });
  for (const view of views) {
    view.rows.forEach((step, row) => { if (step) view.rowOf.set(step.number, row); });
  }
  const controls = document.getElementById("controls");
  const slider = document.getElementById("slider");
  const live = document.getElementById("live");
  const counter = document.getElementById("count");
  const last = Number(slider.max);
  let position = last; // how many rows have happened

  const titled = (view, name) => (view.lanes.find((lane) => lane.name === name) || { title: name }).title;

  const snippet = (view, place) => {
    const block = made("pre");
    for (const line of view.sources[place] || []) {
      block.append(made("span", `${String(line.number).padStart(4)}  ${line.text}`, line.here ? "here" : ""));
    }
    return block;
  };

  const whereIs = (view, lane) => {
    const happened = view.rows.slice(0, position);
    for (let row = happened.length - 1; row >= 0; row -= 1) {
      const part = happened[row] && happened[row].parts.find((each) => each.goroutine === lane.name);
      if (part) return { part, step: happened[row], moved: row === position - 1 };
    }
    return null;
  };

  // A step as one of its goroutines sees it: in a rendezvous there are two.
  const seen = (view, at) => {
    const [first] = at.step.parts;
    if (at.step.kind !== "rendezvous" || at.part === first) return at.step.text;
    return `receive ${at.step.value} from ${at.step.object}, sent by ${titled(view, first.goroutine)}`;
  };

  const goroutine = (view, lane) => {
    const box = made("div");
    const at = whereIs(view, lane);
    const over = position === last;
    box.append(made("h3", lane.title));
    if (at && at.moved) box.className = "mover";
    if (over && lane.blocked) {
      const where = lane.place || (lane.created && `started at ${lane.created}`);
      box.append(made("p", `blocked for ever: ${lane.ending}`), made("p", where, "place"), snippet(view, lane.place));
    } else if (at) {
      box.append(made("p", `step ${at.step.number}: ${seen(view, at)}`));
      const via = at.part.via ? ` (goroutine started at ${at.part.via})` : "";
      box.append(made("p", at.part.place + via, "place"), snippet(view, at.part.place));
    } else {
      box.append(made("p", over ? "took no step" : "has not taken a step yet", "place"));
    }
    return box;
  };

  const channel = (view, facts, held) => {
    const box = made("div");
    const filled = facts.capacity ? `, ${held.values.length} of ${facts.capacity}` : "";
    box.append(made("h3", `${facts.name}${filled}${held.closed ? ", closed" : ""}`));
    if (held.values.length) {
      const values = made("p", undefined, "values");
      values.append(...held.values.map((value) => made("code", value)));
      box.append(values);
    }
    return box;
  };

  const showNow = (view) => {
    const row = position - 1;
    const held = row >= 0 ? view.held[row] : view.channels.map(() => ({ values: [], closed: false }));
    const lanes = view.lanes.map((lane) => [lane, whereIs(view, lane)]);
    lanes.sort((one, other) => Number(Boolean(other[1] && other[1].moved)) - Number(Boolean(one[1] && one[1].moved)));
    view.now.replaceChildren(
      ...view.channels.filter((facts, i) => facts.capacity || held[i].closed)
        .map((facts) => channel(view, facts, held[view.channels.indexOf(facts)])),
      ...lanes.map(([lane]) => goroutine(view, lane)),
    );
    view.now.hidden = false;
  };

  // The step that Tab reaches: the current one, else the last before it, else the first of all.
  const nearest = (view) => {
    const rows = [...view.steps.keys()];
    const before = rows.filter((row) => row < position);
    return view.steps.get(before.length ? Math.max(...before) : Math.min(...rows));
  };

  const showDiagram = (view) => {
    const current = view.section.querySelector(".current");
    const reached = nearest(view);
    for (const [row, step] of view.steps) {
      step.setAttribute("tabindex", step === reached ? "0" : "-1");
      step.classList.toggle("later", row >= position);
      if (row === position - 1) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    }
    for (const element of all("[data-row]:not(.step)", view.section)) {
      element.classList.toggle("later", Number(element.dataset.row) >= position);
    }
    for (const arrow of all(".arrow", view.section)) {
      arrow.classList.toggle("later", view.rowOf.get(Number(arrow.dataset.to)) >= position);
    }
    const height = Number(current.getAttribute("height"));
    current.setAttribute("y", String(Number(current.dataset.top) + height * (position - 1)));
    current.setAttribute("visibility", position ? "visible" : "hidden");
  };

  const told = (view) => {
    const label = view.labels[position - 1];
    if (label) return label;
    return position ? "no step in this row" : last ? "before the first step" : "no steps";
  };

  const ended = (view) => (position === last ? `${told(view)}; end: ${view.outcome}` : told(view));

  const show = (wanted, focus) => {
    position = Math.min(last, Math.max(0, wanted));
    slider.value = String(position);
    for (const view of views) {
      showDiagram(view);
      showNow(view);
    }
    const step = focus ? focus.steps.get(position - 1) : undefined;
    // What is focused is read out anyway.
    live.setAttribute("aria-live", step ? "off" : "polite");
    live.textContent = views.map((view) => (views.length > 1 ? `${view.name}: ${ended(view)}` : ended(view))).join(" | ");
    slider.setAttribute("aria-valuetext", `${position} of ${last}`);
    counter.textContent = `${position} of ${last}`;
    if (step) step.focus({ preventScroll: true });
  };

  // -- bringing it into view -----------------------------------------------------------------------------------

  const MARGIN = 16;
  const motion = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");

  // How far to move so that what lies between start and end is seen between low and high; of what is too long, its start.
  const distance = (start, end, low, high) => {
    if (start < low || end - start > high - low) return start - low;
    return end > high ? end - high : 0;
  };

  const sideways = (view) => {
    const step = view.steps.get(position - 1);
    if (!step) return;
    const frame = view.picture.getBoundingClientRect();
    const boxes = all(".node, .label", step).map((part) => part.getBoundingClientRect());
    const [left, right] = [Math.min(...boxes.map((box) => box.left)), Math.max(...boxes.map((box) => box.right))];
    const by = distance(left, right, frame.left + MARGIN, frame.right - MARGIN);
    if (by) view.picture.scrollTo({ left: view.picture.scrollLeft + by, behavior: motion() });
  };

  const upOrDown = (view) => {
    const row = view.section.querySelector(".current").getBoundingClientRect();
    const top = controls.getBoundingClientRect().height + MARGIN;
    const by = distance(row.top, row.bottom, top, innerHeight - MARGIN);
    if (by) scrollTo({ top: scrollY + by, behavior: motion() });
  };

  const go = (wanted, focus) => {
    show(wanted, focus);
    views.forEach(sideways);
    if (position) upOrDown(focus || views.find((view) => view.steps.has(position - 1)) || views[0]);
  };

  const hint = () => {
    for (const view of views) {
      view.section.querySelector(".sideways").hidden = view.picture.scrollWidth <= view.picture.clientWidth;
    }
  };

  // -- what happens before -------------------------------------------------------------------------------------

  const pastOf = (view, number) => {
    const past = new Set();
    const open = [number];
    while (open.length) {
      const step = view.rows[view.rowOf.get(open.pop())];
      for (const earlier of step ? step.before : []) {
        if (!past.has(earlier)) {
          past.add(earlier);
          open.push(earlier);
        }
      }
    }
    return past;
  };

  const light = (view, number) => {
    const past = number === null ? new Set() : pastOf(view, number);
    for (const step of view.steps.values()) {
      const here = Number(step.dataset.step);
      step.classList.toggle("in-past", past.has(here));
      step.classList.toggle("unordered", number !== null && here < number && !past.has(here));
    }
    for (const arrow of all(".arrow", view.section)) {
      const [from, to] = [Number(arrow.dataset.from), Number(arrow.dataset.to)];
      arrow.classList.toggle("in-past", from !== to && past.has(from) && (to === number || past.has(to)));
    }
  };

  for (const view of views) {
    for (const [row, step] of view.steps) {
      const number = Number(step.dataset.step);
      step.addEventListener("mouseenter", () => light(view, number));
      step.addEventListener("mouseleave", () => light(view, null));
      step.addEventListener("focus", () => light(view, number));
      step.addEventListener("blur", () => light(view, null));
      step.addEventListener("click", () => go(row + 1, view));
      step.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          go(row + 1, view);
        }
      });
    }
  }

  // -- keys and buttons ----------------------------------------------------------------------------------------

  const moves = { first: () => 0, previous: () => position - 1, next: () => position + 1, last: () => last };
  const keys = { ArrowLeft: "previous", ArrowRight: "next", ArrowUp: "previous", ArrowDown: "next", Home: "first", End: "last" };
  for (const button of all("[data-go]")) {
    button.addEventListener("click", () => go(moves[button.dataset.go]()));
  }
  slider.addEventListener("input", () => go(Number(slider.value)));
  document.addEventListener("keydown", (event) => {
    const move = keys[event.key];
    const inside = event.target.closest ? event.target.closest(".view") : null;
    const vertical = event.key === "ArrowUp" || event.key === "ArrowDown";
    if (!move || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest(".texts, .steps, .now") || (vertical && !inside && event.target !== slider)) return;
    event.preventDefault();
    const view = event.target.closest(".step") ? views[Number(inside.dataset.view)] : null;
    go(moves[move](), view);
  });
  controls.hidden = false;
  addEventListener("resize", hint);
  hint();
  show(last);
})();
