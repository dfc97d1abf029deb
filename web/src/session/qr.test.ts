import { describe, expect, it } from 'vitest'

import { qr } from './qr'

const draw = (code: boolean[][] | undefined) => code?.map((row) => row.map((dark) => (dark ? '#' : '.')).join(''))

describe('qr', () => {
  // This one was read by a reader of another make.
  it('draws a code that readers read', () => {
    expect(draw(qr('Kith'))).toEqual([
      '#######...#.#.#######',
      '#.....#.....#.#.....#',
      '#.###.#.#.#...#.###.#',
      '#.###.#.....#.#.###.#',
      '#.###.#..#.##.#.###.#',
      '#.....#..###..#.....#',
      '#######.#.#.#.#######',
      '........#.#..........',
      '###.#####.#.###...#..',
      '##...#.#####.#.#.####',
      '.#.#####..##.###.####',
      '###.#...##.###.##...#',
      '####..#.#..#.###.#...',
      '........#.....#....#.',
      '#######.###.#...#.###',
      '#.....#.#.#...#....#.',
      '#.###.#.###.#.#.#..##',
      '#.###.#..#.#.#.#.###.',
      '#.###.#.#.##.###..#.#',
      '#.....#.######.###.#.',
      '#######.##.#.###..###',
    ])
  })
  it('grows with the text, and gives up in the end', () => {
    expect(qr('x'.repeat(17))).toHaveLength(21)
    expect(qr('x'.repeat(18))).toHaveLength(25)
    expect(qr('x'.repeat(858))).toHaveLength(97)
    expect(qr('x'.repeat(859))).toBeUndefined()
  })
})
