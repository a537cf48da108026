/** What is stored about whoever looks, in the words of the documentation's table, a line for each purpose. */
export const STORED: { what: string; why: string; until: string }[] = [
  {
    what: "Who you are where you log in: login, name and picture",
    why: "To know you again, and to show who is logged in",
    until: "Until you are forgotten, or have not come back for a year, unless set otherwise",
  },
  {
    what: "GitHub's token for you, sealed",
    why: "To ask in your name what you may read",
    until: "Until you log out",
  },
  {
    what: "Your sessions and access tokens, as hashes",
    why: "To know your browsers and scripts again",
    until: "Until they end, or you end them",
  },
  {
    what: "Your list of repositories and its order",
    why: "To show it to you",
    until: "Until you take them off",
  },
  {
    what: "What you have pinned, hidden, reviewed and sorted on boards",
    why: "To show it as you left it, wherever you log in",
    until: "Until you are forgotten; where nobody logs in it is in your browser only",
  },
  {
    what: "What you were told, and when you got and read it",
    why: "To tell you once, and on all your devices",
    until: "As long as the history: 90 days, unless set otherwise",
  },
  {
    what: "Addresses of browsers that you want to be told on",
    why: "To tell you while no page is open",
    until: "Until you log out there, or the browser cannot be reached any more",
  },
  {
    what: "Login and picture of whoever triggered a run",
    why: "To show whose run it is",
    until: "As long as the history: 90 days, unless set otherwise",
  },
  {
    what: "Deliveries of GitHub that could not be read",
    why: "To try them again",
    until: "Until they are taken, and no longer than the history",
  },
];
