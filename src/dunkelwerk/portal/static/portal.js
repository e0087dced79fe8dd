// Comfort for the portal's pages. Everything works without it; nothing here decides anything.
"use strict";

// The PIN of a letter's link or QR code stands behind the #, which no server sees. It fills the field and is cleared.
function takePin() {
  const field = document.getElementById("pin");
  const code = decoded(location.hash.slice(1)).trim();
  if (!field || !/^[0-9A-Za-z][0-9A-Za-z\s-]{10,17}$/.test(code)) return;
  field.value = code.toUpperCase();
  history.replaceState(null, "", location.pathname);
  const next = document.querySelector("[data-after-pin]");
  if (next) next.focus();
}

// A "%" that somebody typed behind the # stands for nothing.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// Three groups of four while it is typed.
function groupPin() {
  const field = document.getElementById("pin");
  if (!field) return;
  field.addEventListener("input", () => {
    if (field.selectionStart !== field.value.length) return;
    const plain = field.value.replace(/[\s-]/g, "").toUpperCase();
    const grouped = (plain.match(/.{1,4}/g) || []).join("-");
    if (plain.length <= 12 && field.value.replace(/\s/g, "-").toUpperCase() !== grouped) field.value = grouped;
  });
}

// A page that was sent and came back with an error is saved: the browser's own way back asks for it anew, and does not
// offer to send the form once more.
function forgetSending() {
  if (document.querySelector("form[data-save], #pin[name=pin]")) history.replaceState(null, "", location.href);
}

function focusErrors() {
  const errors = document.getElementById("errors");
  if (errors) errors.focus();
}

// A link of the error summary goes to its field itself, not only near it.
function linkErrors() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".errors a[href^='#']");
    if (!link) return;
    const target = document.getElementById(decoded(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const holder = target.closest(".question") || target;
    holder.scrollIntoView({ block: "start" });
    target.focus({ preventScroll: true });
  });
}

// Dependent questions appear at once: the server says which; what is there already stays untouched, focus included.
function watchQuestions() {
  const form = document.querySelector("form[data-look]");
  if (!form) return;
  let pending = null;
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") return;
    if (pending) pending.abort();
    pending = new AbortController();
    look(form, pending.signal);
  });
}

// While a button is pressed nothing moves: what leaves a field by pressing the button below it has asked the server, and
// its answer must not take the button away before it is let go.
let released = Promise.resolve();
function holdStill() {
  let letGo = () => {};
  const release = () => setTimeout(letGo); // the click comes first
  document.addEventListener("pointerdown", (event) => {
    letGo();
    // a menu that opens (of a list, of the other mouse button) may keep the release to itself
    if (event.button !== 0 || event.target.closest("select")) return;
    released = new Promise((done) => { letGo = done; });
  });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, release);
  window.addEventListener("blur", release);
}

function plainData(form) {
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
  return data;
}

async function look(form, signal) {
  let text;
  try {
    const answer = await fetch(form.dataset.look, { method: "POST", body: plainData(form), signal, redirect: "error" });
    if (!answer.ok) return;
    text = await answer.text();
  } catch {
    return; // without a connection, or when the page is left meanwhile, all goes on as without script
  }
  await released;
  if (signal.aborted || form.dataset.sent) return;
  const fresh = new DOMParser().parseFromString(text, "text/html");
  merge(document.getElementById("questions"), fresh.getElementById("questions"));
}

function merge(holder, fresh) {
  if (!holder || !fresh) return;
  const known = new Map([...holder.querySelectorAll("[data-question]")].map((each) => [each.dataset.question, each]));
  const wanted = [...fresh.querySelectorAll("[data-question]")];
  let before = null;
  let added = 0;
  for (const each of wanted) {
    let block = known.get(each.dataset.question);
    if (block) {
      refresh(block, each);
    } else {
      block = document.importNode(each, true);
      block.classList.add("is-new");
      added += 1;
      const parent = parentOf(holder, each);
      const follower = before && before.parentElement === parent ? before.nextElementSibling : parent.querySelector(":scope > [data-question]");
      parent.insertBefore(block, follower);
    }
    known.delete(each.dataset.question);
    before = block;
  }
  for (const gone of known.values()) gone.remove();
  if (added) say(holder.dataset.added);
}

// A question of a person list belongs into its row.
function parentOf(holder, each) {
  const row = each.parentElement.dataset.rows;
  return row ? holder.querySelector(`[data-rows="${CSS.escape(row)}"]`) || holder : holder;
}

function refresh(block, each) {
  for (const live of each.querySelectorAll("[data-live]")) {
    const here = block.querySelector(`[data-live="${CSS.escape(live.dataset.live)}"]`);
    if (here && here.innerHTML !== live.innerHTML) here.replaceChildren(...document.importNode(live, true).childNodes);
  }
}

function say(text) {
  const place = document.getElementById("announcer");
  if (place && text) place.textContent = text;
}

// "Weiter" twice in a row sends one form; an upload shows that something happens.
function guardSubmits() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const busy = form.querySelector("[data-busy]");
    if (busy && [...form.querySelectorAll("input[type=file]")].some((each) => each.files.length)) busy.hidden = false;
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}

// A file that is chosen is sent at once: nobody has to find a second button.
function sendFiles() {
  for (const field of document.querySelectorAll("input[type=file][data-send]")) {
    field.addEventListener("change", () => {
      const button = document.getElementById(field.dataset.send);
      if (field.files.length && button) field.form.requestSubmit(button);
    });
  }
}

// Before the session ends: what is on the page is saved, a dialog asks whether to go on, and once more what was typed
// since is saved. The page is left at the end only when it is saved: what could not be stays where it was typed.
function watchSession() {
  const dialog = document.getElementById("session");
  if (!dialog) return;
  const seconds = Number(dialog.dataset.seconds);
  const warn = Number(dialog.dataset.warn);
  let timers = [];
  let typed = false; // since it was saved last
  let saved = true;
  let saving = Promise.resolve();
  document.addEventListener("input", () => { typed = true; });
  const start = () => {
    timers.forEach(clearTimeout);
    const plan = [[ask, seconds - warn], [keep, seconds - Math.min(60, warn / 2)], [leave, seconds + 2]];
    timers = plan.map(([what, when]) => setTimeout(what, when * 1000));
  };
  // one after the other: whoever asks learns what became of the latest
  const keep = () => {
    saving = saving.then(async () => {
      if (saved && !typed) return;
      typed = false;
      saved = await save();
      dialog.querySelector("[data-saved]").hidden = !saved;
      dialog.querySelector("[data-unsaved]").hidden = saved;
    });
    return saving;
  };
  const ask = async () => {
    typed = true;
    await keep();
    if (!dialog.open) dialog.showModal();
  };
  const leave = async () => {
    await keep();
    if (saved && !typed) location.assign(dialog.dataset.ended);
  };
  dialog.querySelector("[data-go-on]").addEventListener("click", async (event) => {
    event.preventDefault();
    const token = dialog.querySelector("input[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(dialog.dataset.renew, { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken: token }) }).catch(() => null);
    if (answer && answer.ok) {
      dialog.close();
      start();
    } else if (saved && !typed) {
      location.assign(dialog.dataset.ended);
    } else {
      dialog.close(); // what was typed stands in the page, and the next button asks to log in without losing it
    }
  });
  start();
}

// Whether what is on the page is saved: only the server's plain "yes" is one. Words beside an exit are saved nowhere.
async function save(options = {}) {
  const form = document.querySelector("form[data-save]");
  if (!form) return [...document.querySelectorAll("main textarea")].every((each) => !each.value);
  const request = { method: "POST", body: plainData(form), redirect: "error", ...options };
  const answer = await fetch(form.dataset.save, request).catch(() => null);
  return Boolean(answer && answer.ok);
}

// Another app, a locked telephone, a closed tab: what was typed since the page came is saved. "keepalive" outlives the
// page. A form that is just being sent saves by itself.
function saveWhenHidden() {
  const form = document.querySelector("form[data-save]");
  if (!form) return;
  let typed = false;
  form.addEventListener("input", () => { typed = true; });
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "hidden" || !typed || form.dataset.sent) return;
    typed = false;
    if (!(await save({ keepalive: true }))) typed = true;
  });
}

// While the database is away: look whether it is back, and say so.
function watchOutage() {
  const place = document.querySelector("[data-ping]");
  if (!place) return;
  const timer = setInterval(async () => {
    const answer = await fetch(place.dataset.ping, { cache: "no-store" }).catch(() => null);
    if (!answer || !answer.ok) return;
    clearInterval(timer);
    place.textContent = place.dataset.back;
  }, 5000);
}

document.documentElement.classList.add("script");
takePin();
groupPin();
forgetSending();
focusErrors();
linkErrors();
holdStill();
watchQuestions();
guardSubmits();
sendFiles();
watchSession();
saveWhenHidden();
watchOutage();
window.addEventListener("hashchange", takePin);
