# One executable cell-<name>: a scheduler with every workload. Used by add_scheduler (schedulers/CMakeLists.txt)
# and, once installed, by antinode_add_scheduler (antinode-config.cmake.in).

# an_add_build_info(VERSION BUILD_TYPE): the library that tells a cell how it was built.
function(an_add_build_info PROJECT_VERSION an_build_type)
  get_target_property(an_flag_list antinode::flags INTERFACE_COMPILE_OPTIONS)
  list(FILTER an_flag_list EXCLUDE REGEX "^-W|\\$<|prefix-map")
  list(JOIN an_flag_list " " an_flag_text)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" configuration)
  string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${configuration}} ${an_flag_text}" an_build_flags)
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/build_info.cpp.in
    ${CMAKE_CURRENT_BINARY_DIR}/build_info.cpp @ONLY)
  add_library(an_build_info STATIC ${CMAKE_CURRENT_BINARY_DIR}/build_info.cpp)
  target_link_libraries(an_build_info PUBLIC antinode::protocol)
endfunction()

# an_add_cell(name HEADER LIBRARIES..): HEADER as an include of the libraries finds it.
function(an_add_cell name header)
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/cell_main.cpp.in
    ${CMAKE_CURRENT_BINARY_DIR}/cell-${name}.cpp @ONLY)
  add_executable(cell-${name} ${CMAKE_CURRENT_BINARY_DIR}/cell-${name}.cpp)
  target_link_options(cell-${name} PRIVATE -Wl,--gc-sections)
  target_link_libraries(cell-${name} PRIVATE ${ARGN} antinode::cell an_build_info antinode::cpu_check)
endfunction()

# an_find_missing(result TARGETS..): the first of TARGETS that does not exist, or nothing.
function(an_find_missing result)
  set(${result} "" PARENT_SCOPE)
  foreach(library IN LISTS ARGN)
    if(NOT TARGET ${library})
      set(${result} ${library} PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()
