import { useState } from "react";
import { Page } from "../components/page";
import { Section } from "../components/section";
import { BUTTON } from "../components/ui/button";
import { ForgetMe } from "../features/privacy/forget-me";
import { StoredTable } from "../features/privacy/stored-table";
import { usePageTab } from "./page-tab";

/** What is stored about whoever looks, and what they can do about it. */
export default function PrivacyRoute() {
  usePageTab("Privacy · OmniLens", "quiet");
  const [forgotten, setForgotten] = useState(false);
  return (
    <Page title={<h1 className="font-semibold text-title">Privacy</h1>}>
      <div className="max-w-3xl py-5 sm:px-6">
        {forgotten ? (
          <p role="status" className="px-4 sm:px-0">
            You are forgotten: nothing of you is left here but that somebody was.{" "}
            <a href="/" className="underline underline-offset-2">
              Begin anew
            </a>
          </p>
        ) : (
          <>
            <Section id="stored" title="What is stored about you" note="why, and for how long">
              <div className="px-4 sm:px-0">
                <StoredTable />
              </div>
              <p className="mt-3 px-4 text-muted sm:px-0">
                Logs have no names, and of addresses only the network. What you have written (titles of commits, names
                of branches) belongs to the repositories.
              </p>
            </Section>
            <Section id="yours" title="What you can do" note="">
              <div className="flex flex-wrap gap-2 px-4 sm:px-0">
                <a href="/api/me/export" download="omnilens-export.json" className={BUTTON}>
                  Download all of it
                </a>
                <ForgetMe onForgotten={() => setForgotten(true)} />
              </div>
              <p className="mt-3 px-4 text-muted sm:px-0">
                The download is one JSON document, without what would let somebody else in.
              </p>
            </Section>
          </>
        )}
      </div>
    </Page>
  );
}
