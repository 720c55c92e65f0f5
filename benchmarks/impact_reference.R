# An independent check of the REML engine: R's nlme::gls on a made series, with and without gaps in the dates.
# Run: Rscript benchmarks/impact_reference.R   (Debian: r-base-core, r-cran-nlme)
#
# Recorded with R 4.2.2 and nlme 3.1-162; tests/analytics/impact/test_gls.py holds the same figures:
#   case     rho           step          standard error  sigma
#   no gaps  0.3571818197  0.7868530182  0.8269229225    1.0563310133
#   gaps     0.3506960772  0.8470645585  0.8092762729    1.0647807567
library(nlme)
i <- 0:39
y <- 10 + 0.05 * i + sin(i * 1.7) + 0.8 * cos(i * 0.31) + 0.6 * sin(i * i * 0.13) + ifelse(i >= 22, 0.9, 0)
gaps <- i + 2 * (i >= 10) + (i >= 30)
step <- as.numeric(i >= 22)
control <- glsControl(tolerance = 1e-12, msTol = 1e-12, msMaxIter = 500)
report <- function(name, t, correlation) {
  data <- data.frame(y = y, t = t, step = step)
  fit <- gls(y ~ t + step, data = data, correlation = correlation, method = "REML", control = control)
  row <- summary(fit)$tTable["step", ]
  rho <- coef(fit$modelStruct$corStruct, unconstrained = FALSE)
  cat(name, format(c(rho, row["Value"], row["Std.Error"], fit$sigma), digits = 10), "\n")
}
report("no gaps", i, corAR1(0.3, form = ~t))
report("gaps", gaps, corCAR1(0.3, form = ~t))
