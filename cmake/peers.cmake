# Libraries of the peers (schedulers/CMakeLists.txt), each optional: a target exists or not.

find_package(TBB 2021.6 QUIET CONFIG)    # TBB::tbb; 2021.6 has task_scheduler_handle
find_package(Boost 1.74 QUIET CONFIG)    # Boost::headers; 1.74 has the executors of io_context

# Only GCC compiles OpenMP to the calls that both libraries answer: GOMP_task, GOMP_taskwait, ..
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  find_package(OpenMP 4.5 QUIET COMPONENTS CXX)
  if(OpenMP_CXX_FOUND)
    add_library(GNU::gomp INTERFACE IMPORTED GLOBAL)
    target_link_libraries(GNU::gomp INTERFACE OpenMP::OpenMP_CXX)
  endif()
  # The runtime alone, as Debian's libomp5 has it: headers and compiler are GCC's.
  find_library(AN_LLVM_OMP NAMES libomp.so.5 omp)
  if(OpenMP_CXX_FOUND AND AN_LLVM_OMP)
    add_library(LLVM::omp INTERFACE IMPORTED GLOBAL)
    target_compile_options(LLVM::omp INTERFACE -fopenmp)
    target_link_libraries(LLVM::omp INTERFACE ${AN_LLVM_OMP})
  endif()
endif()
