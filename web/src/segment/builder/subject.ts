import { useBuilder } from './context'
import { subjectOf, withSubject } from '../comparison'
import { get, isComparison, set, type Facts, type Node, type Path, type Term } from '../tree'

/**
 * Returns what puts another term at a place. Where the term is what a
 * comparison is about, the operator and the values that no longer fit go too,
 * in the same step of the history.
 */
export function useSubject(path: Path, within: Facts | undefined): (term: Term) => void {
  const { edit, catalogue } = useBuilder()
  return (term) => {
    edit((tree) => {
      if (tree === undefined) return tree
      const above = path.slice(0, path.lastIndexOf('/'))
      const c = get(tree, above) as Node | Term | undefined
      if (c === undefined || !asks(c) || `${above}/${subjectOf(c).key}` !== path) return set(tree, path, term)
      const was = catalogue.typeOf(get(tree, path) as Term, within)
      return set(tree, above, withSubject(c, term, was, catalogue.typeOf(term, within)))
    })
  }
}

function asks(x: Node | Term): x is Extract<Node, { kind: 'compare' | 'between' | 'in' | 'not_in' }> {
  return isComparison(x as Node)
}
