// Who looks at this page: the login dialog, and what follows when somebody comes or goes.

import { call, newToken, whenSessionChanges } from "./api.js";
import { announce, byId, whileBusy } from "./words.js";

export let me = null;

const changed = [];
export const onPerson = (callback) => changed.push(callback);

export const may = (role) => me !== null && (me.roles.includes(role) || me.roles.includes("admin"));

const dialog = byId("login");
const trouble = byId("login-trouble");

function show(person) {
  me = person;
  byId("person").hidden = me === null;
  byId("person-name").textContent = me ? me.name + (may("dj") ? ", DJ" : "") : "";
  byId("log-in").hidden = me !== null;
  byId("log-out").hidden = me === null;
  for (const callback of changed) callback();
}

export async function whoAmI() {
  try {
    show(await call("GET", "/api/me"));
    byId("person-trouble").textContent = "";
  } catch (error) {
    if (error.status === 401) show(null);
    else byId("person-trouble").textContent = `Who you are is not known: ${error.message}`;
  }
}

// A response of 401 where somebody seemed to be logged in: the session has ended.
export function sessionEnded() {
  show(null);
  byId("person-trouble").textContent = "You were logged out. Log in again, please.";
}

export function askToLogIn() {
  trouble.textContent = "";
  dialog.showModal();
  byId("login-name").focus();
}

async function logIn() {
  trouble.textContent = "";
  const name = byId("login-name").value.trim().toLowerCase();
  try {
    const person = await call("POST", "/api/login", { name, password: byId("login-password").value });
    await newToken();
    byId("person-trouble").textContent = "";
    show(person?.roles ? person : await call("GET", "/api/me"));
    byId("login-password").value = "";
    dialog.close();
    announce(`Logged in as ${me.name}.`);
    // The button that opened the dialog is gone.
    if (document.activeElement === document.body) byId("log-out").focus();
  } catch (error) {
    trouble.textContent = `You are not logged in. ${error.message}`;
  }
}

async function logOut() {
  try {
    await call("POST", "/api/logout");
    await newToken();
    show(null);
    byId("person-trouble").textContent = "";
    byId("log-in").focus();
    announce("Logged out.");
  } catch (error) {
    byId("person-trouble").textContent = `You are still logged in. ${error.message}`;
  }
}

export function begin() {
  whenSessionChanges(whoAmI);
  byId("log-in").addEventListener("click", askToLogIn);
  byId("login-cancel").addEventListener("click", () => dialog.close());
  byId("login-form").addEventListener("submit", (event) => {
    event.preventDefault();
    whileBusy(byId("login-send"), logIn);
  });
  byId("log-out").addEventListener("click", () => whileBusy(byId("log-out"), logOut));
  // Nobody asks who a visitor without a session is.
  if (document.body.dataset.session === "yes") whoAmI();
  else show(null);
}
