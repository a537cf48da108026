/** Some repositories may be missing, and it is not the reader's fault. */
export function RightsUnknown({ why }: { why: string }) {
  return (
    <p role="status" className="border-b bg-waits-soft px-4 py-2 text-waits sm:px-6">
      GitHub does not say at the moment what you may see, so some repositories may be missing. It is asked again every
      half minute. <span className="text-muted">{why}</span>
    </p>
  );
}
