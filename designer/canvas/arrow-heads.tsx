/** The heads of edges, by how a run went along them. */
export function ArrowHeads() {
  return (
    <svg className="heddle-arrow-heads" aria-hidden="true">
      <defs>
        {['', '-taken', '-failed', '-untaken'].map((way) => (
          <marker
            key={way}
            id={`heddle-arrow${way}`}
            viewBox="0 0 10 10"
            refX="9"
            refY="5"
            markerUnits="userSpaceOnUse"
            markerWidth="11"
            markerHeight="11"
            orient="auto-start-reverse"
          >
            <path d="M0 0L10 5L0 10z" className={`heddle-arrow${way}`} />
          </marker>
        ))}
      </defs>
    </svg>
  );
}
