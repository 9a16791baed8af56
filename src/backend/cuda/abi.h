/* The C interface of the CUDA module, a shared object that arcbatch loads where --backend asks for
   it. Functions return 0, or another number with a text in `error`. A device's slots may be used by
   different threads at once; everything else by one at a time. */
#ifndef ARCBATCH_BACKEND_CUDA_ABI_H_
#define ARCBATCH_BACKEND_CUDA_ABI_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ARCBATCH_CUDA_ABI 2
#define ARCBATCH_CUDA_ENTRY "arcbatch_cuda_entry"

typedef struct {
  char* text;
  size_t size;
} arcbatch_cuda_error;

typedef struct {
  int driver_version; /* as cudaDriverGetVersion() has it: 12040 for 12.4; 0 without a driver */
  int needed_version; /* the least that this module runs on */
  int devices;
} arcbatch_cuda_system;

typedef struct {
  char name[256];
  int major;
  int minor;
  int multiprocessors;
  int runs_here; /* 1 if the module holds code for it */
  uint64_t memory;
} arcbatch_cuda_description;

typedef struct {
  uint64_t worker_bytes;   /* of a worker's frames and arena */
  uint64_t stack_bytes;    /* of a thread */
  uint32_t frames;         /* of a worker */
  uint32_t workers;        /* 0: as many as fit */
  uint32_t lanes_per_warp; /* threads of a warp that are workers, 1 to 32 */
  uint32_t slots;
} arcbatch_cuda_options;

typedef struct {
  uint64_t down; /* bytes that came down */
  uint64_t launches;
  uint64_t nanoseconds; /* of the launch that evaluates */
} arcbatch_cuda_traffic;

typedef struct arcbatch_cuda_device arcbatch_cuda_device;

typedef struct {
  uint32_t abi;
  uint64_t layout; /* layout_of_images() */
  int (*system)(arcbatch_cuda_system* out, arcbatch_cuda_error error);
  int (*describe)(int index, arcbatch_cuda_description* out, arcbatch_cuda_error error);
  int (*open)(int index, const arcbatch_cuda_options* options, arcbatch_cuda_device** out,
              uint32_t* workers, arcbatch_cuda_error error);
  void (*close)(arcbatch_cuda_device* device);
  int (*put_examples)(arcbatch_cuda_device* device, const void* image, uint64_t bytes,
                      arcbatch_cuda_error error);
  /* Pinned memory of a slot for a slice; it holds until the slot is asked again. */
  int (*slice_memory)(arcbatch_cuda_device* device, uint32_t slot, uint64_t bytes, void** out,
                      arcbatch_cuda_error error);
  /* Evaluates the slice that was written there. `out` is a SliceEnd that holds until the slot is
     used again. */
  int (*evaluate)(arcbatch_cuda_device* device, uint32_t slot, uint64_t bytes, void** out,
                  arcbatch_cuda_traffic* traffic, arcbatch_cuda_error error);
} arcbatch_cuda_module;

/* The one symbol that is looked up. Returns null where the module does not speak this version. */
typedef const arcbatch_cuda_module* (*arcbatch_cuda_entry_function)(uint32_t abi);

#ifdef __cplusplus
}
#endif

#endif
