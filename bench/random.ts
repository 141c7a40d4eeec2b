/** A vector of independent normal numbers: its direction is uniform on the sphere. Box and Muller 1958. */
export const randomDirection = (dimension: number): Float32Array =>
  Float32Array.from(
    { length: dimension },
    () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
  );
