// Shows what this browser is sent while no page of ours is open. It serves no page, and keeps nothing.
self.addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { url }, icon: "/favicon-broke.svg" }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

async function open(url) {
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find((each) => "navigate" in each);
  if (!page) return self.clients.openWindow(url);
  await page.focus();
  return page.navigate(url);
}
