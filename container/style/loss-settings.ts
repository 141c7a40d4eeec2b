/** What is to be made small: J = α·J_content + β·J_style, Gatys et al. 2016, eq. 7. */
export interface LossSettings {
  /** α and β. Each term is relative: 1 is the loss of a picture that has nothing of the content, or of the style. */
  contentWeight: number;
  styleWeight: number;
  contentLayer: string;
  /** Each style layer's share w_l; they are divided by their sum. */
  styleLayers: Readonly<Record<string, number>>;
  /** The paper's Gram matrices, as they are or of filters that were normalized as in its §2; or mean and covariance apart. */
  statistics: "gram" | "normalizedGram" | "moments";
  /** How dear roughness is, absolute; 0 where the recipe has another cure for noise. */
  smoothness: number;
}
