import { CustomerTable } from '../customer/table'
import type { Segment } from './segments'

/** Who is in a segment. */
export function MembersTab({ segment }: { segment: Segment }) {
  return <CustomerTable filter={{ segment: segment.id }} height={560} />
}
