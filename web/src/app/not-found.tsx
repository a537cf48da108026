import { Page } from "../components/page";
import { Message } from "../components/trouble";
import { BUTTON } from "../components/ui/button";

export function NotFound() {
  return (
    <Page title={<h1 className="font-semibold text-title">OmniLens</h1>}>
      <Message
        icon="logo"
        title="There is no such page"
        actions={
          <a href="/" className={BUTTON}>
            All repositories
          </a>
        }
      >
        <p>The address may be misspelt, or the page has gone.</p>
      </Message>
    </Page>
  );
}
