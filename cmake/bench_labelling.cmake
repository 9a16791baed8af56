# The program of bench/labelling: `objects` beside OpenCV's and cc3d's labelling. OpenCV comes from
# libopencv-core-dev and libopencv-imgproc-dev; ARCBATCH_CC3D_DIR is a checkout of
# seung-lab/connected-components-3d.
set(ARCBATCH_CC3D_DIR "" CACHE PATH "Checkout of seung-lab/connected-components-3d")
find_path(ARCBATCH_CC3D_INCLUDE cc3d.hpp PATHS "${ARCBATCH_CC3D_DIR}" PATH_SUFFIXES cc3d
          NO_DEFAULT_PATH REQUIRED)
find_path(ARCBATCH_OPENCV_INCLUDE opencv2/imgproc.hpp PATH_SUFFIXES opencv4 REQUIRED)
find_library(ARCBATCH_OPENCV_CORE opencv_core REQUIRED)
find_library(ARCBATCH_OPENCV_IMGPROC opencv_imgproc REQUIRED)
file(GLOB labelling_sources CONFIGURE_DEPENDS bench/labelling/*.cpp)
add_executable(arcbatch_bench_labelling ${labelling_sources})
target_include_directories(
  arcbatch_bench_labelling SYSTEM PRIVATE "${ARCBATCH_CC3D_INCLUDE}" "${ARCBATCH_OPENCV_INCLUDE}")
target_link_libraries(
  arcbatch_bench_labelling
  PRIVATE arcbatch_core CLI11::CLI11 nlohmann_json::nlohmann_json "${ARCBATCH_OPENCV_IMGPROC}"
          "${ARCBATCH_OPENCV_CORE}")
