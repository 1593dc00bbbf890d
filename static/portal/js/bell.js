/* The number at the bell: asked for once a page is there, and then while somebody looks at it. */
"use strict";
{
  const EVERY = 60000;
  const bell = document.querySelector("[data-bell]");
  const count = bell?.querySelector(".bell-count");
  let asked = 0;

  const show = ({ unread, shown }) => {
    count.hidden = unread === 0;
    count.textContent = shown;
    bell.setAttribute("aria-label", unread ? `Notifications, ${shown} unread` : "Notifications");
  };

  const ask = async () => {
    if (document.hidden || Date.now() - asked < EVERY / 2) return;
    asked = Date.now();
    try {
      const answer = await fetch(bell.dataset.bell, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.ok) show(await answer.json());
    } catch {
      /* the next time will do */
    }
  };

  if (bell) {
    ask();
    setInterval(ask, EVERY);
    document.addEventListener("visibilitychange", ask);
  }
}
