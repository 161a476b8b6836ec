/** A CUDA driver, cuBLAS and NVRTC without a GPU: libraries under JCuda's natives that run kernels on the processor and find what is wrong. */
@NullMarked
package org.chainrule.harness.cuda;

import org.jspecify.annotations.NullMarked;
