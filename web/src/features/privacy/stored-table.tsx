import { STORED } from "./stored";

export function StoredTable() {
  return (
    <table className="w-full text-left max-sm:block">
      <thead className="max-sm:sr-only">
        <tr className="text-dim text-small">
          <th className="py-1 pr-4 font-medium">What</th>
          <th className="py-1 pr-4 font-medium">Why</th>
          <th className="py-1 font-medium">For how long</th>
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {STORED.map(({ what, why, until }) => (
          <tr key={what} className="border-t align-top max-sm:block max-sm:py-2">
            <td className="py-2 pr-4 max-sm:block max-sm:p-0">{what}</td>
            <td className="py-2 pr-4 text-muted max-sm:block max-sm:p-0">{why}</td>
            <td className="py-2 text-muted max-sm:block max-sm:p-0">{until}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
